import { basePath } from '../lib/base-path.ts';

const key = 'niitaka.reloaded-at';
const onceInMs = 30_000;

/**
 * A part of the page could not be loaded: when the server answers, a newer build took its place and
 * the page is loaded anew, not in circles. When it does not, the page stays as it is.
 */
export async function reloadForNewBuild(): Promise<void> {
  const last = Number(sessionStorage.getItem(key) ?? 0);
  if (Date.now() - last < onceInMs) return;
  const answers = await fetch(`${basePath}healthz`).then(
    (response) => response.ok,
    () => false,
  );
  if (!answers) return;
  sessionStorage.setItem(key, String(Date.now()));
  window.location.reload();
}
