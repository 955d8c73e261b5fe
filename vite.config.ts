import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { serviceWorker } from './scripts/service-worker.ts';

// A page isolated from other origins gets SharedArrayBuffer, without which the wasm backend has one thread.
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  base: './',
  // One page, addressed by its hash: a missing file is a 404 and not the page again.
  appType: 'mpa',
  plugins: [react(), tailwindcss(), serviceWorker()],
  server: { headers: isolation },
  preview: { headers: isolation, port: 5173 },
  worker: { format: 'es' },
  // Pre-bundling would move its JavaScript away from the .wasm files it looks for beside itself.
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  build: {
    target: 'es2022',
    sourcemap: false,
    // A .wasm inlined as base64 could not be compiled while it streams; the rest keeps vite's limit.
    assetsInlineLimit: (file) => (file.endsWith('.wasm') ? false : undefined),
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
});
