const key = 'niitaka.reloaded-at';
const onceInMs = 30_000;

/** A part of the page is gone because a newer build took its place: loads the page anew, not in circles. */
export function reloadForNewBuild(event: Event): void {
  const last = Number(sessionStorage.getItem(key) ?? 0);
  if (Date.now() - last < onceInMs) return;
  event.preventDefault();
  sessionStorage.setItem(key, String(Date.now()));
  window.location.reload();
}
