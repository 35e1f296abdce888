/** The sessions. */
export function SessionsPage() {
  return <h1 className="p-5 text-title">Sessions</h1>;
}
