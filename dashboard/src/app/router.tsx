import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  type SearchMiddleware,
} from '@tanstack/react-router';
import { basePath } from '../lib/base-path.ts';
import { closeHub } from '../lib/live/current-hub.ts';
import { onUnauthenticated } from '../lib/api/unauthenticated.ts';
import { parseSearchParams, stringifySearchParams } from '../lib/url/search-params.ts';
import { queryClient } from './query-client.ts';
import { pickSearch, type PageSearch } from './search-schema.ts';
import { SessionsRoute } from './sessions/sessions-route.tsx';
import { NotFound } from './shell/not-found.tsx';
import { PageError } from './shell/page-error.tsx';
import { Shell } from './shell/shell.tsx';

/** A link that says nothing of the environment stays in the one that is shown. */
const keepEnvironment: SearchMiddleware<PageSearch<'shell'>> = ({ search, next }) => {
  const result = next(search);
  return 'env' in result ? result : { ...result, env: search.env };
};

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: Shell,
  errorComponent: PageError,
  validateSearch: pickSearch('shell'),
  search: { middlewares: [keepEnvironment] },
});

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/sessions', replace: true });
  },
});

const sessionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/sessions',
  component: SessionsRoute,
  validateSearch: pickSearch('sessions'),
});

const sessionRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/sessions/$sessionId',
  component: lazyRouteComponent(
    () => import('../features/session/session-page.tsx'),
    'SessionPage',
  ),
  validateSearch: pickSearch('session'),
});

const agentsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/agents',
  component: lazyRouteComponent(() => import('../features/agents/agents-page.tsx'), 'AgentsPage'),
  validateSearch: pickSearch('agents'),
});

const agentRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/agents/$agentId',
  component: lazyRouteComponent(() => import('../features/agents/agent-page.tsx'), 'AgentPage'),
  validateSearch: pickSearch('agent'),
});

const signalsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/signals',
  component: lazyRouteComponent(
    () => import('../features/signals/signals-page.tsx'),
    'SignalsPage',
  ),
  validateSearch: pickSearch('signals'),
});

const policiesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/policies',
  component: lazyRouteComponent(
    () => import('../features/policies/policies-page.tsx'),
    'PoliciesPage',
  ),
  validateSearch: pickSearch('policies'),
});

const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings/{-$section}',
  component: lazyRouteComponent(
    () => import('../features/settings/settings-page.tsx'),
    'SettingsPage',
  ),
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('../features/access/sign-in-page.tsx'), 'SignInPage'),
  validateSearch: pickSearch('signIn'),
});

/** The pages by address; all their state is in the query, as flat text. */
export const router = createRouter({
  routeTree: rootRoute.addChildren([
    homeRoute,
    signInRoute,
    shellRoute.addChildren([
      sessionsRoute,
      sessionRoute,
      agentsRoute,
      agentRoute,
      signalsRoute,
      policiesRoute,
      settingsRoute,
    ]),
  ]),
  basepath: basePath,
  parseSearch: parseSearchParams,
  stringifySearch: stringifySearchParams,
  // A page that breaks leaves the rail standing.
  defaultErrorComponent: PageError,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
});

onUnauthenticated(() => {
  closeHub();
  queryClient.clear();
  const { pathname, href } = router.state.location;
  if (pathname === '/sign-in') return;
  void router.navigate({ to: '/sign-in', search: { next: href }, replace: true });
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
