import {
  assert,
  asyncProperty,
  array,
  constant,
  nat,
  oneof,
  record,
  scheduler,
  type Scheduler,
} from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { formatLiveId } from './live-id.ts';
import { Live, type OpenStream } from './live.ts';
import type { LiveSource } from './live-source.ts';
import type { Sink } from './subscriber.ts';

const nowMs = Date.UTC(2026, 5, 15, 12);

/** A feed in memory: rows with the revision of their last change, read as at the moment of the call. */
function openModel(deliver: <T>(value: T) => Promise<T>) {
  const rows = new Map<string, number>();
  let revision = 0;
  let listener: (orgId: string) => void = () => undefined;
  const source: LiveSource = {
    revision: () => deliver(revision),
    changesSince(_, after, limit) {
      const changes = [...rows]
        .filter(([, at]) => at > after)
        .map(([id, at]) => ({ kind: 'session' as const, id, revision: at }))
        .sort((one, other) => one.revision - other.revision);
      return deliver(changes.slice(0, limit));
    },
    sessions: (_, ids) => deliver(new Map(ids.map((id) => [id, `${id}@${rows.get(id)}`]))),
    signals: () => deliver(new Map()),
    position: () => deliver(0),
    eventsAfter: () => deliver([]),
  };
  return {
    source,
    rows,
    onChange(next: (orgId: string) => void) {
      listener = next;
      return () => undefined;
    },
    commit(id: string) {
      revision += 1;
      rows.set(id, revision);
      listener('org');
    },
  };
}

interface SinkLog extends Sink {
  text: string;
  isClosed: boolean;
  slowMs: number | null;
}

function openSink(): SinkLog {
  const sink: SinkLog = {
    text: '',
    isClosed: false,
    slowMs: null,
    write(text) {
      sink.text += String(text);
    },
    drained: () => Promise.resolve(!sink.isClosed),
    slowSinceMs: () => sink.slowMs,
    close() {
      sink.isClosed = true;
    },
  };
  return sink;
}

function openLive(
  model: ReturnType<typeof openModel>,
  more: Partial<ConstructorParameters<typeof Live>[0]> = {},
): Live {
  return new Live({
    source: model.source,
    onChange: (listener) => model.onChange(listener),
    clock: () => nowMs,
    pause: () => Promise.resolve(),
    random: () => 0,
    onError: (error) => {
      throw error;
    },
    onSent: () => undefined,
    onReturn: () => undefined,
    ...more,
  });
}

function streamOf(streamId: string, sink: Sink, lastId: string | null): OpenStream {
  const topics = { sessions: true, signals: true };
  const who = { orgId: 'org', owner: 'key', holderId: 'key', limit: 100 };
  return { streamId, sink, lastId, topics, sessionId: null, ...who };
}

/** The newest state of each row that a client was told. */
function told(text: string): Map<string, number> {
  const matches = text.matchAll(/data: (\w+)@(\d+)/g);
  return new Map([...matches].map(([, id = '', revision]) => [id, Number(revision)]));
}

const step = oneof(
  record({ does: constant('commit' as const), row: nat(5) }),
  record({ does: constant('join' as const), after: nat(20) }),
  record({ does: constant('wait' as const) }),
  record({ does: constant('wait' as const) }),
);

describe('Live', () => {
  test('leaves no hole, in whatever order reads, commits and joins come about', async () => {
    await assert(
      asyncProperty(
        scheduler(),
        array(step, { minLength: 10, maxLength: 80, size: 'max' }),
        async (s: Scheduler, steps) => {
          const model = openModel((value) => s.schedule(Promise.resolve(value)));
          const live = openLive(model);
          const streams: { sink: SinkLog; after: number }[] = [];
          let commits = 0;
          // Somebody is there already, so that the feed flushes beside those who enter.
          await s.waitFor(live.open(streamOf('first', openSink(), null)));
          for (const [n, one] of steps.entries()) {
            if (one.does === 'commit') {
              commits += 1;
              model.commit(`row${one.row}`);
            } else if (one.does === 'join') {
              const sink = openSink();
              const after = Math.min(one.after, commits);
              const id = formatLiveId({ revision: after, place: null, sentAtMs: nowMs });
              streams.push({ sink, after });
              void live.open(streamOf(`stream${n}`, sink, id));
            } else if (s.count() > 0) {
              await s.waitOne();
            }
          }
          await s.waitIdle();
          live.close();
          for (const { sink, after } of streams) {
            const seen = told(sink.text);
            for (const [id, revision] of model.rows) {
              if (revision > after) expect([id, seen.get(id)]).toEqual([id, revision]);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a stream without an id is told all that comes after its hello', async () => {
    const model = openModel((value) => Promise.resolve(value));
    const live = openLive(model);
    model.commit('before');
    const sink = openSink();
    await live.open(streamOf('one', sink, null));
    expect(sink.text).toContain('event: hello\nid: 1.');
    model.commit('after');
    await vi.waitFor(() => expect(told(sink.text)).toEqual(new Map([['after', 2]])));
    live.close();
  });

  test('a stream is not told anew what its hello stands for, when that is sent with later changes', async () => {
    const model = openModel((value) => Promise.resolve(value));
    const pauses: (() => void)[] = [];
    const pause = () => new Promise<void>((resolve) => void pauses.push(resolve));
    const live = openLive(model, { pause });
    const [first, second] = [openSink(), openSink()];
    await live.open(streamOf('first', first, null));
    await vi.waitFor(() => expect(pauses.length).toBe(1));
    model.commit('before');
    await live.open(streamOf('second', second, null));
    expect(second.text).toContain('event: hello\nid: 1.');
    model.commit('after');
    for (const end of pauses) end();
    const both = { before: 1, after: 2 };
    await vi.waitFor(() => expect(told(first.text)).toEqual(new Map(Object.entries(both))));
    expect(told(second.text)).toEqual(new Map([['after', 2]]));
    live.close();
  });

  test('a first read that fails keeps nobody from joining later', async () => {
    const model = openModel((value) => Promise.resolve(value));
    const errors: unknown[] = [];
    let failures = 1;
    const source: LiveSource = {
      ...model.source,
      revision(orgId) {
        failures -= 1;
        return failures < 0 ? model.source.revision(orgId) : Promise.reject(new Error('busy'));
      },
    };
    const live = openLive(model, { source, onError: (error) => errors.push(error) });
    const [first, second] = [openSink(), openSink()];
    await live.open(streamOf('one', first, null));
    await live.open(streamOf('two', second, null));
    expect(first.isClosed).toBe(true);
    expect(second.text).toContain('event: hello');
    expect(errors).toEqual([new Error('busy')]);
    live.close();
  });

  test('reads that fail are told and tried again', async () => {
    const model = openModel((value) => Promise.resolve(value));
    const errors: unknown[] = [];
    let failures = 2;
    const source: LiveSource = {
      ...model.source,
      changesSince(...args) {
        if (model.rows.size > 0 && failures > 0) {
          failures -= 1;
          return Promise.reject(new Error('busy'));
        }
        return model.source.changesSince(...args);
      },
    };
    const live = openLive(model, { source, onError: (error) => errors.push(error) });
    const sink = openSink();
    await live.open(streamOf('one', sink, null));
    model.commit('row');
    await vi.waitFor(() => expect(told(sink.text).get('row')).toBe(1));
    expect(errors).toEqual([new Error('busy'), new Error('busy')]);
    live.close();
  });
});

describe('Live, as time goes by', () => {
  let clockMs = nowMs;

  beforeEach(() => {
    clockMs = nowMs;
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  const pass = (ms: number) => {
    clockMs += ms;
    vi.advanceTimersByTime(ms);
  };

  async function openOne(random: number): Promise<{ live: Live; sink: SinkLog }> {
    const model = openModel((value) => Promise.resolve(value));
    const live = openLive(model, { clock: () => clockMs, random: () => random });
    const sink = openSink();
    await live.open(streamOf('one', sink, null));
    return { live, sink };
  }

  test('comments every 15 s keep the connection', async () => {
    const { live, sink } = await openOne(0);
    pass(14_999);
    expect(sink.text).not.toContain('\n:\n\n');
    pass(1);
    expect(sink.text.endsWith('\n\n:\n\n')).toBe(true);
    live.close();
  });

  test.each([
    [0, 30],
    [0.5, 45],
    [0.99, 59.75],
  ])('a stream ends after 30 to 60 minutes: %f is %f', async (random, minutes) => {
    const { live, sink } = await openOne(random);
    pass(minutes * 60_000 - 15_000);
    expect(sink.isClosed).toBe(false);
    pass(30_000);
    expect(sink.isClosed).toBe(true);
    live.close();
  });

  test('a client that has not drained for 30 s is closed', async () => {
    const { live, sink } = await openOne(0);
    sink.slowMs = clockMs;
    pass(15_000);
    expect(sink.isClosed).toBe(false);
    pass(15_000);
    expect(sink.isClosed).toBe(true);
    live.close();
  });
});
