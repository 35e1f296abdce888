import { useParams } from '@tanstack/react-router';

/** One session as a page. */
export function SessionPage() {
  const { sessionId } = useParams({ strict: false });
  return <h1>{sessionId}</h1>;
}
