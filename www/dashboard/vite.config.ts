import { defineConfig } from 'vite'

// `vite build www/dashboard` takes this folder as its root; the compiler reads Preact's JSX from tsconfig.json.
export default defineConfig({
  base: './',
  worker: { format: 'es' },
  build: {
    outDir: '../../dist/dashboard',
    emptyOutDir: true,
    target: 'es2022',
    // The console's policy allows no `data:` but for images, and one rule is easier to keep than two.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
