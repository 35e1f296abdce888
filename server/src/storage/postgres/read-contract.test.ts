import { describe } from 'vitest';
import { openPostgresStore } from '../../testing/open-postgres-store.ts';
import { eventReadContract } from '../contract/event-reads.ts';
import { sessionReadContract } from '../contract/session-reads.ts';

describe('PostgreSQL', () => {
  sessionReadContract(openPostgresStore);
  eventReadContract(openPostgresStore);
});
