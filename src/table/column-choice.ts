import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';
import { type ISignal, Signal } from '@lumino/signaling';

import type { IObservable } from '../components/hooks';

/** How the user arranged the columns of a table; what is not in it has its default. */
export interface IChosenColumns {
  /** The ids of columns from left to right; empty for the default order. */
  readonly order: readonly string[];
  /** The columns that the user showed or hid. */
  readonly shown: Readonly<Record<string, boolean>>;
  /** The widths that the user set, in pixels. */
  readonly widths: Readonly<Record<string, number>>;
}

const DEFAULT: IChosenColumns = { order: [], shown: {}, widths: {} };

/** The least and greatest width of a column in pixels. */
const NARROWEST = 40;
const WIDEST = 800;

/** The columns that the user chose for a table, kept in a store. */
export class ColumnChoice implements IObservable {
  constructor(private readonly _store?: ColumnChoice.IStore) {
    _store?.load().then(
      stored => {
        if (this.revision === 0 && stored !== undefined) {
          this._set(parse(stored));
        }
      },
      reason => {
        // The defaults apply.
        console.warn('The chosen columns could not be read.', reason);
      }
    );
  }

  /** Emitted when columns were moved, sized, shown or hidden. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The number of changes. */
  get revision(): number {
    return this._revision;
  }

  get value(): IChosenColumns {
    return this._value;
  }

  /** Whether anything differs from the defaults. */
  get isDefault(): boolean {
    return this._value === DEFAULT;
  }

  show(id: string, shown: boolean): void {
    this._change({ shown: { ...this._value.shown, [id]: shown } });
  }

  /** Set a column's width in pixels. */
  resize(id: string, width: number): void {
    const pixels = Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
    this._change({ widths: { ...this._value.widths, [id]: pixels } });
  }

  /**
   * Exchange a column with a neighbor that is shown.
   *
   * @param all - the ids of all columns in their order, also of those that are hidden
   */
  move(id: string, neighbor: string, all: readonly string[]): void {
    const order = all.filter(other => other !== id);
    const place = order.indexOf(neighbor);
    const wasBefore = all.indexOf(id) < all.indexOf(neighbor);
    order.splice(wasBefore ? place + 1 : place, 0, id);
    this._change({ order });
  }

  /** Return to the defaults. */
  reset(): void {
    this._set(DEFAULT);
    this._store?.save({});
  }

  private _change(change: Partial<IChosenColumns>): void {
    this._set({ ...this._value, ...change });
    this._store?.save({ ...this._value });
  }

  private _set(value: IChosenColumns): void {
    this._value = value;
    this._revision += 1;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _revision = 0;
  private _value: IChosenColumns = DEFAULT;
}

export namespace ColumnChoice {
  /** Where the choice is kept. */
  export interface IStore {
    load: () => Promise<ReadonlyPartialJSONValue | undefined>;
    save: (value: ReadonlyPartialJSONValue) => void;
  }
}

/** What was stored, without what this release does not understand. */
function parse(stored: ReadonlyPartialJSONValue): IChosenColumns {
  const { order, shown, widths } = (stored ?? {}) as Record<string, unknown>;
  const only = <V>(values: unknown, isValid: (value: unknown) => value is V) =>
    Object.fromEntries(
      Object.entries(values ?? {}).filter((entry): entry is [string, V] => isValid(entry[1]))
    );
  return {
    order: Array.isArray(order) ? order.filter(id => typeof id === 'string') : [],
    shown: only(shown, (value): value is boolean => typeof value === 'boolean'),
    widths: only(
      widths,
      (value): value is number => typeof value === 'number' && value >= NARROWEST && value <= WIDEST
    )
  };
}
