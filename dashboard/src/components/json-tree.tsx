import { JsonView, type Props } from 'react-json-view-lite';
import { isLong, LongText } from './long-text.tsx';
import './json-tree.css';

export interface JsonTreeProps {
  readonly value: unknown;
  readonly label: string;
  /** Levels that are open at first. */
  readonly open?: number;
}

/** Any JSON as a tree that is walked with the arrow keys; a bare value as text. */
export function JsonTree({ value, label, open = 2 }: JsonTreeProps) {
  if (typeof value !== 'object' || value === null) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return isLong(text) ? <LongText text={text} /> : <p className="json-text">{text}</p>;
  }
  return (
    <div className="json-tree">
      <JsonView
        aria-label={label}
        data={value}
        style={style}
        clickToExpandNode
        shouldExpandNode={(level, node) => level < open && sizeOf(node) <= MAX_OPEN_SIZE}
      />
    </div>
  );
}

/** A larger list or object starts closed: a thousand rows at once help nobody. */
const MAX_OPEN_SIZE = 100;

function sizeOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

const style: NonNullable<Props['style']> = {
  container: 'json-container',
  basicChildStyle: 'json-child',
  childFieldsContainer: 'json-fields',
  label: 'json-label',
  clickableLabel: 'json-label json-clickable',
  nullValue: 'json-quiet',
  undefinedValue: 'json-quiet',
  stringValue: 'json-string',
  booleanValue: 'json-word',
  numberValue: 'json-number',
  otherValue: 'json-quiet',
  punctuation: 'json-punctuation',
  collapseIcon: 'json-toggle json-open',
  expandIcon: 'json-toggle json-closed',
  collapsedContent: 'json-more',
  noQuotesForStringValues: false,
  quotesForFieldNames: false,
  ariaLables: { collapseJson: 'fold', expandJson: 'unfold' },
  stringifyStringValues: false,
};
