import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Toasts } from '../components/toasts.tsx';
import './main.css';
import { queryClient } from './query-client.ts';
import { reloadForNewBuild } from './reload-for-new-build.ts';
import { router } from './router.tsx';

const root = document.querySelector('#root');
if (root === null) throw new Error('Cannot draw the page: index.html has no element #root.');

window.addEventListener('vite:preloadError', () => void reloadForNewBuild());

createRoot(root).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <Tooltip.Provider>
          <RouterProvider router={router} />
          <Toasts />
        </Tooltip.Provider>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
