import { TriangleAlert } from 'lucide-react';

/** Marks a figure that is not the whole truth; says why on hover and to screen readers. */
export function CautionMark({ why }: { readonly why: string | null }) {
  if (why === null) return null;
  return (
    <span title={why} className="inline-flex">
      <TriangleAlert
        size={12}
        strokeWidth={1.8}
        className="translate-y-px text-gold"
        aria-hidden="true"
      />
      <span className="sr-only">{why}</span>
    </span>
  );
}
