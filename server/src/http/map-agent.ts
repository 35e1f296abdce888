import type { VersionContent } from '@niitaka/core/agent/agent-version.ts';
import { agentStatus } from '@niitaka/core/agent/agent-status.ts';
import { usdNumber } from '@niitaka/core/money/nano-usd.ts';
import type {
  AgentCard,
  AgentVersion,
  ChangeVersion,
  CreateVersion,
} from '@niitaka/protocol/agent.ts';
import type { AgentCell, AgentFigures, AgentRow, VersionRow } from '../storage/agent-rows.ts';
import { timeToWire, timeToWireOrNull } from './map-access.ts';

/** An agent with its figures, without its series. */
export function agentToWire(
  row: AgentRow,
  figures: AgentFigures,
  nowMs: number,
): Omit<AgentCard, 'series'> {
  const { running, runningInRange, ended, cells } = figures;
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    created_at: timeToWire(row.createdAtMs),
    session_count: row.sessionCount,
    last_started_at: timeToWireOrNull(row.lastStartedAtMs),
    status: agentStatus({ override: row.statusOverride, running, ended }, nowMs),
    status_override: row.statusOverride,
    running: runningInRange,
    ...sumsToWire(cells),
    duration_p95_ms: figures.durationP95Ms,
    last_active_at: timeToWireOrNull(newest(row.lastStartedAtMs, figures.lastSeenAtMs)),
    active_version: row.activeVersion,
  };
}

/** Steps of a session on average, to two places; null without sessions. */
export function stepsAverage({ steps, sessions }: Pick<AgentCell, 'steps' | 'sessions'>) {
  return sessions === 0 ? null : Math.round((steps / sessions) * 100) / 100;
}

/** A version as the wire carries it. */
export function versionToWire({ number, state, content, ...row }: VersionRow): AgentVersion {
  return {
    number,
    state,
    model: content.model,
    temperature: content.temperature,
    max_tokens: content.maxTokens,
    system_prompt: content.systemPrompt,
    guardrails: content.guardrails as AgentVersion['guardrails'],
    author: row.author,
    created_at: timeToWire(row.createdAtMs),
    activated_at: timeToWireOrNull(row.activatedAtMs),
    revision: row.revision,
  };
}

/** What a version says, from the body of a request. */
export function versionContentOf(body: CreateVersion): VersionContent {
  return {
    model: body.model,
    temperature: body.temperature,
    maxTokens: body.max_tokens,
    systemPrompt: body.system_prompt,
    guardrails: setOnes(body.guardrails),
  };
}

/** What of a version changes, from the body of a request. */
export function versionChangesOf(body: Omit<ChangeVersion, 'revision'>): Partial<VersionContent> {
  const { model, temperature, max_tokens: maxTokens, system_prompt: prompt, guardrails } = body;
  return {
    ...(model === undefined ? {} : { model }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(prompt === undefined ? {} : { systemPrompt: prompt }),
    ...(guardrails === undefined ? {} : { guardrails: setOnes(guardrails) }),
  };
}

/** What is null is not set, and is not kept. */
function setOnes(guardrails: CreateVersion['guardrails']): VersionContent['guardrails'] {
  return Object.fromEntries(
    Object.entries(guardrails).filter(([, value]) => value !== null && value !== undefined),
  );
}

function sumsToWire(cells: readonly AgentCell[]) {
  const sum = (field: 'sessions' | 'withErrors' | 'unpriced' | 'incomplete' | 'steps') =>
    cells.reduce((total, cell) => total + cell[field], 0);
  const costNanoUsd = cells.reduce((total, cell) => total + cell.costNanoUsd, 0n);
  const [sessions, steps] = [sum('sessions'), sum('steps')];
  return {
    sessions,
    with_errors: sum('withErrors'),
    cost: usdNumber(costNanoUsd),
    cost_nano_usd: String(costNanoUsd),
    unpriced: sum('unpriced'),
    incomplete: sum('incomplete'),
    steps_average: stepsAverage({ sessions, steps }),
  };
}

function newest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
