import { z } from 'zod';

/** Every failure's code, with the HTTP status it travels under. */
export const problemStatus = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  session_closed: 409,
  too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  unavailable: 503,
} as const;

/** A failure's code. */
export type ProblemCode = keyof typeof problemStatus;

/** A failure as RFC 9457 problem details. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  errors: z
    .array(
      z.object({
        path: z.string(),
        code: z.string(),
        message: z.string(),
        line: z.int().min(1).optional().meta({ description: 'within a file that was sent' }),
        column: z.int().min(1).optional(),
      }),
    )
    .optional(),
  retryable: z.boolean(),
});

/** A failure as RFC 9457 problem details. */
export type Problem = z.infer<typeof Problem>;
