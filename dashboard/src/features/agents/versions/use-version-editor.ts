import type { AgentVersion } from '@niitaka/protocol/agent.ts';
import { useState, type FormEvent } from 'react';
import { draftConflictOf, useSaveVersion } from '../agent-queries.ts';
import { readVersionForm, versionFormOf, type VersionForm } from './version-form.ts';
import { versionRefusal } from './version-problems.ts';

export interface VersionEditorOptions {
  readonly agentId: string;
  /** The draft to change; null makes a new one. */
  readonly draft: AgentVersion | null;
  /** The version that a new draft begins with. */
  readonly base: AgentVersion | null;
  readonly onSaved: (number: number) => void;
}

/** The state of a draft's editor: what is typed, what is wrong with it, and how saving it went. */
export function useVersionEditor({ agentId, draft, base, onSaved }: VersionEditorOptions) {
  const [over, setOver] = useState(draft);
  const start = over ?? base;
  const [form, setForm] = useState(() => versionFormOf(start));
  const [typed, setTyped] = useState(false);
  const [asked, setAsked] = useState(false);
  const save = useSaveVersion(agentId);
  const read = readVersionForm(form, start);
  const current = draftConflictOf(save.error);
  const refusal = versionRefusal(current === null ? save.error : null);
  const send = (of: AgentVersion | null) => {
    setAsked(true);
    setOver(of);
    if (!read.ok) return focusFirstProblem();
    save.mutate(
      { over: of, content: read.content },
      { onSuccess: ({ number }) => onSaved(number), onError: focusFirstProblem },
    );
  };
  return {
    form,
    typed,
    problems: { ...refusal.fields, ...(asked && !read.ok ? read.problems : {}) },
    failure: refusal.rest,
    busy: save.isPending,
    change: (part: Partial<VersionForm>) => {
      // What the server refused was another draft than this one; a conflict stays one.
      if (current === null && save.isError) save.reset();
      setTyped(true);
      setForm({ ...form, ...part });
    },
    conflict:
      current !== null && read.ok ? { current, mine: { ...current, ...read.content } } : null,
    submit: (event: FormEvent) => {
      event.preventDefault();
      send(over);
    },
    takeTheirs: () => {
      if (current === null) return;
      save.reset();
      setTyped(false);
      setOver(current);
      setForm(versionFormOf(current));
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
