import { describe } from 'vitest';
import { openPostgresStore } from '../../testing/open-postgres-store.ts';
import { awkwardTextContract } from '../contract/awkward-texts.ts';
import { rangeEdgeContract } from '../contract/range-edges.ts';

describe('PostgreSQL', () => {
  rangeEdgeContract(openPostgresStore);
  awkwardTextContract(openPostgresStore);
});
