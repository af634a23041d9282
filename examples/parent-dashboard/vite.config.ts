import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Page and service under one origin, as a front end's own web server does it in production.
const proxy = { '/graphql': { target: process.env.DIARY ?? 'http://127.0.0.1:8000', ws: true } };

export default defineConfig({
  plugins: [react()],
  server: { proxy },
  preview: { proxy },
});
