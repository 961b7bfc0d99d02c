import React from 'react';

import type { ApiError } from '../api/request';

/** What the user can do about an error. */
export interface IRemedy {
  /** A sentence, if there is no button for it. */
  advice?: string;
  /** A button that helps. */
  action?: { label: string; run: () => void };
}

/** Finds what helps against an error; null if nothing but a retry may help. */
export type FindRemedy = (error: ApiError) => IRemedy | null;

/** Provides the remedies to components that show errors. */
export const RemedyContext = React.createContext<FindRemedy>(() => null);

/** What helps against `error`; null if nothing but a retry may help. */
export function useRemedy(error: ApiError | null): IRemedy | null {
  const find = React.useContext(RemedyContext);
  return error === null ? null : find(error);
}
