import { useState, type FormEvent } from 'react';
import { Button } from '../../components/button.tsx';
import { Field, TextInput } from '../../components/field.tsx';
import { Segments } from '../../components/segments.tsx';

export interface AccessFormProps<V extends string> {
  readonly label: string;
  readonly placeholder: string;
  readonly choiceLabel: string;
  readonly choices: readonly { readonly value: V; readonly label: string; readonly does: string }[];
  readonly first: V;
  readonly submit: string;
  readonly busy: boolean;
  readonly onSubmit: (name: string, value: V) => void;
}

/** A name and what it may do: the form that makes a key or invites a person. */
export function AccessForm<V extends string>(props: AccessFormProps<V>) {
  const [value, setValue] = useState(props.first);
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    if (name === '') return;
    event.currentTarget.reset();
    props.onSubmit(name, value);
  };
  return (
    <form onSubmit={onSubmit} className="mb-4 flex flex-wrap items-end gap-3">
      <div className="w-56 max-sm:w-full">
        <Field label={props.label}>
          <TextInput name="name" required maxLength={100} placeholder={props.placeholder} />
        </Field>
      </div>
      <Segments label={props.choiceLabel} value={value} items={props.choices} onChange={setValue} />
      <span className="flex min-h-[30px] flex-1 items-center text-muted max-sm:order-last max-sm:min-h-0 max-sm:basis-full">
        {props.choices.find((one) => one.value === value)?.does}
      </span>
      <Button type="submit" look="primary" disabled={props.busy}>
        {props.submit}
      </Button>
    </form>
  );
}
