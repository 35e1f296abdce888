import { describe } from 'vitest';
import { openPostgresStore } from '../../testing/open-postgres-store.ts';
import { agentLifeContract } from '../contract/agent-lives.ts';
import { awkwardTextContract } from '../contract/awkward-texts.ts';
import { changingListContract } from '../contract/changing-lists.ts';
import { rangeEdgeContract } from '../contract/range-edges.ts';

describe('PostgreSQL', () => {
  rangeEdgeContract(openPostgresStore);
  awkwardTextContract(openPostgresStore);
  changingListContract(openPostgresStore);
  agentLifeContract(openPostgresStore);
});
