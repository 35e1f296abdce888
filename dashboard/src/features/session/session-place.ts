import { createContext, useContext } from 'react';

/** Where a session is shown: beside the list or as a page. */
export type SessionPlace = 'drawer' | 'page';

export const SessionPlaceContext = createContext<SessionPlace>('drawer');

export function useSessionPlace(): SessionPlace {
  return useContext(SessionPlaceContext);
}
