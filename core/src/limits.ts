/** The limits of what is taken in, each with the rule's number E7. */
export const limits = {
  /** Bytes of one record as JSON. */
  recordBytes: 1_048_576,
  /** Bytes of one text field, kept; the rest is cut and marked. */
  textBytes: 65_536,
  /** Records in one batch. */
  batchRecords: 1_000,
  /** Bytes of one batch after decompression. */
  batchBytes: 8_388_608,
  /** Levels of nesting in one record. */
  depth: 32,
  /** Keys in one object. */
  objectKeys: 512,
  /** Characters of a goal. */
  goalCharacters: 2_000,
  /** Characters of an agent's id (A1). */
  agentIdCharacters: 128,
  /** Characters of names, environments, versions, experiment, user and conversation ids. */
  nameCharacters: 200,
  /** Tags of one session (S1). */
  tags: 20,
  /** Characters of a tag's value. */
  tagValueCharacters: 200,
} as const;
