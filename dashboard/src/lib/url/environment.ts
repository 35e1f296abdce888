/** The environment pages show when the URL names none (S10). */
export const defaultEnvironment = 'production';

/** The word for all environments together in the URL. */
export const allEnvironments = 'all';
