/** The mark: a mountain with snow on top. */
export function Logo({ size = 22 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="text-accent">
      <rect width="32" height="32" rx="8" fill="currentColor" />
      <path d="M5 23.5 13 10l4.2 6.6L19.6 13 27 23.5z" className="fill-on-accent" />
    </svg>
  );
}
