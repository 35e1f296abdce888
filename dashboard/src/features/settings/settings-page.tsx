/** Settings. */
export function SettingsPage() {
  return <h1 className="p-5 text-title">Settings</h1>;
}
