/** A language of the snippet. */
export type SnippetLanguage = 'python' | 'typescript';

/** One snippet: how to install, and the program that records a first session. */
export interface Snippet {
  readonly install: string;
  readonly code: string;
}

/** The shortest program that records a session here, with the real address and key. */
export function snippetOf(language: SnippetLanguage, apiUrl: string, key: string): Snippet {
  return language === 'python' ? python(apiUrl, key) : typescript(apiUrl, key);
}

function python(apiUrl: string, key: string): Snippet {
  return {
    install: 'pip install ./sdk-python',
    code: `import niitaka

niitaka.configure(
    api_key="${key}",
    api_url="${apiUrl}",
)

with niitaka.start_session(agent_id="my-agent", goal="Say hello") as session:
    session.event("log", data={"message": "Hello from my agent"})
    session.set_metrics({"goal_completed": True})
`,
  };
}

function typescript(apiUrl: string, key: string): Snippet {
  return {
    install: 'npm run build -w sdk-typescript && npm install ./sdk-typescript',
    code: `import { configure, startSession } from 'niitaka';

configure({
  apiKey: '${key}',
  apiUrl: '${apiUrl}',
});

await startSession({ agentId: 'my-agent', goal: 'Say hello' }, async (session) => {
  session.event('log', { data: { message: 'Hello from my agent' } });
  session.setMetrics({ goalCompleted: true });
});
`,
  };
}
