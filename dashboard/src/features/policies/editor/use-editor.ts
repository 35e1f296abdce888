import type { Policy } from '@niitaka/protocol/policy.ts';
import { useState, type FormEvent } from 'react';
import { conflictOf, useSavePolicy } from '../policy-queries.ts';
import { formOf, type PolicyForm } from './policy-form.ts';
import { readForm } from './read-form.ts';
import { serverProblems } from './server-problems.ts';

/** The state of an editor: what is typed, what is wrong with it, and how saving it went. */
export function useEditor(policy: Policy | null, start: PolicyForm, onSaved: () => void) {
  const [form, setForm] = useState(start);
  const [base, setBase] = useState(policy);
  const [typed, setTyped] = useState(false);
  const [asked, setAsked] = useState(false);
  const save = useSavePolicy();
  const read = readForm(form);
  const current = conflictOf(save.error);
  const refusal = serverProblems(current === null ? save.error : null);
  const send = (over: Policy | null) => {
    setAsked(true);
    setBase(over);
    if (!read.ok) return focusFirstProblem();
    const onError = () => focusFirstProblem();
    save.mutate({ over, body: read.body }, { onSuccess: onSaved, onError });
  };
  const change = (part: Partial<PolicyForm>) => {
    // What the server refused was another policy than this one; a conflict stays one.
    if (current === null && save.isError) save.reset();
    setTyped(true);
    setForm({ ...form, ...part });
  };
  return {
    form,
    read,
    typed,
    problems: { ...refusal.fields, ...(asked && !read.ok ? read.problems : {}) },
    failure: refusal.rest,
    busy: save.isPending,
    conflict:
      current !== null && read.ok
        ? { current, mine: { ...current, ...read.body } as Policy }
        : null,
    change,
    submit: (event: FormEvent) => {
      event.preventDefault();
      send(base);
    },
    takeTheirs: () => {
      if (current === null) return;
      save.reset();
      setTyped(false);
      setBase(current);
      setForm(formOf(current));
    },
    keepMine: () => send(current),
  };
}

/** Waits until the problems are drawn; a field that is out of sight comes into it. */
function focusFirstProblem(): void {
  setTimeout(() =>
    document.querySelector<HTMLElement>('[role="dialog"] [aria-invalid="true"]')?.focus(),
  );
}
