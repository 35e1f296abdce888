/** What the server says once it answers. */
export interface Welcome {
  readonly url: string;
  /** Where the data is kept, without a secret. */
  readonly place: string;
  /** The key of a first start: shown now and never again. */
  readonly key: string | null;
  readonly link: string | null;
}

/** The lines that a start prints: where the server is, and on a first start how to send the first session. */
export function welcomeText({ url, place, key, link }: Welcome): string {
  const lines = [`Niitaka is ready at ${url}`, `Data is kept in ${place}`];
  if (key !== null) lines.push('', `API key (shown once): ${key}`, '', ...snippet(url, key));
  if (link !== null) lines.push('', 'Sign in (once, within 15 minutes):', `  ${link}`);
  return `${lines.join('\n')}\n`;
}

function snippet(url: string, key: string): string[] {
  return [
    'Send a first session from Python (pip install ./sdk-python):',
    '  import niitaka',
    '',
    `  niitaka.configure(api_url="${url}", api_key="${key}")`,
    '  with niitaka.start_session(agent_id="my-agent", goal="Say hello") as session:',
    '      session.decision("greet", reason="it is polite")',
    '',
    'or from TypeScript (npm run build -w sdk-typescript, then npm install ./sdk-typescript):',
    "  import { configure, startSession } from 'niitaka';",
    '',
    `  configure({ apiUrl: '${url}', apiKey: '${key}' });`,
    "  await startSession({ agentId: 'my-agent', goal: 'Say hello' }, async (session) => {",
    "    session.decision('greet', { reason: 'it is polite' });",
    '  });',
  ];
}
