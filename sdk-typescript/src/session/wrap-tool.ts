import { runIn } from '../context/scope.ts';
import type { AnyFunction } from './any-function.ts';
import { checkText, refused } from './check-arguments.ts';
import type { Call } from './call.ts';
import { isInstance } from './is-instance.ts';
import type { Recorder } from './recorder.ts';

/**
 * A function of the same shape whose every call is one `tool` event: from the call to its answer, the settling of
 * its promise, or the end of its generator. What it answers and throws is the function's own.
 */
export function wrapTool<F extends AnyFunction>(
  name: string,
  fn: F,
  find: () => Recorder | null,
): F {
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    const recorder = find();
    if (recorder === null) return Reflect.apply(fn, this, args);
    const work = () => Reflect.apply(fn, this, args) as unknown;
    const { control } = recorder;
    if (control.isPaused && answersLater(fn)) {
      return control.beginWhenFree().then(() => runTool(recorder, name, args, work));
    }
    control.begin();
    return runTool(recorder, name, args, work);
  };
  Object.defineProperty(wrapped, 'name', { value: fn.name || name, configurable: true });
  Object.defineProperty(wrapped, 'length', { value: fn.length, configurable: true });
  return wrapped as unknown as F;
}

/** Runs `fn` as a step that may be held before it begins; its call is one `tool` event. */
export async function runStep<T>(
  recorder: Recorder,
  name: string,
  fn: () => T,
): Promise<Awaited<T>> {
  await recorder.control.beginWhenFree();
  return (await runTool(recorder, name, [], fn)) as Awaited<T>;
}

/** Only what answers by a promise can wait: holding anything else would hold the whole process. */
function answersLater(fn: AnyFunction): boolean {
  return Object.prototype.toString.call(fn) === '[object AsyncFunction]';
}

/** Carries out a step that has begun. */
function runTool(
  recorder: Recorder,
  name: string,
  args: readonly unknown[],
  work: () => unknown,
): unknown {
  const call = begin(recorder, name, args);
  try {
    return follow(runIn(recorder, call.eventId, work), call, recorder);
  } catch (error) {
    call.fail(error);
    throw error;
  }
}

/** Throws a `TypeError` unless a tool has a name and something to call. */
export function checkTool(name: string, fn: unknown): void {
  if (name === undefined || name === null) throw refused('name', 'text', name);
  checkText(name, 'name');
  if (typeof fn !== 'function') throw refused('fn', 'a function', fn);
}

function begin(recorder: Recorder, name: string, args: readonly unknown[]): Call {
  const { captureContent } = recorder.client.content;
  const input = args.length === 1 ? args[0] : args;
  const data = captureContent && args.length > 0 ? { input } : {};
  return recorder.begin({ type: 'tool', name, data, parent: recorder.parentOf(undefined) });
}

function follow(answer: unknown, call: Call, recorder: Recorder): unknown {
  const finish = (output: unknown) =>
    call.finish(recorder.client.content.captureContent ? { output } : {});
  if (isInstance(answer, Promise)) {
    return answer.then(
      (output: unknown) => {
        finish(output);
        return output;
      },
      (error: unknown) => {
        call.fail(error);
        throw error;
      },
    );
  }
  if (isGenerator(answer)) return followGenerator(answer, call, recorder, finish);
  finish(answer);
  return answer;
}

type AnyGenerator = Generator<unknown> | AsyncGenerator<unknown>;

function isGenerator(value: unknown): value is AnyGenerator {
  const tag = tagOf(value);
  return tag === '[object Generator]' || tag === '[object AsyncGenerator]';
}

function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value);
  } catch {
    return ''; // a proxy of the host's that fails
  }
}

/** The same generator, each step of it run inside the call; its end, early or not, ends the call. */
function followGenerator(
  generator: AnyGenerator,
  call: Call,
  recorder: Recorder,
  finish: (output: unknown) => void,
): AnyGenerator {
  const settle = (step: IteratorResult<unknown>) => {
    if (step.done) finish(step.value);
    return step;
  };
  const fail = (error: unknown): never => {
    call.fail(error);
    throw error;
  };
  const stepBy = (method: 'next' | 'return' | 'throw') => (value: unknown) => {
    try {
      const go = () => Reflect.apply(generator[method], generator, [value]) as unknown;
      const step = runIn(recorder, call.eventId, go);
      if (isInstance(step, Promise<IteratorResult<unknown>>)) return step.then(settle, fail);
      return settle(step as IteratorResult<unknown>);
    } catch (error) {
      return fail(error);
    }
  };
  const steps: Readonly<Record<PropertyKey, unknown>> = {
    next: stepBy('next'),
    return: stepBy('return'),
    throw: stepBy('throw'),
    [Symbol.iterator]: () => followed,
    [Symbol.asyncIterator]: () => followed,
  };
  const followed: AnyGenerator = new Proxy(generator, {
    get: (target, key) => (key in target && steps[key]) || Reflect.get(target, key, target),
  });
  return followed;
}
