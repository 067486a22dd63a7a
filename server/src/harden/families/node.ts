import { text } from '../../l10n/index.ts'
import type { Family } from './types.ts'

/** Node, Bun and Deno programs that write. */
export const node: readonly Family[] = [
  {
    name: 'Next.js',
    when: {
      command: /\bnext\b.*\bstart\b|\bnext\b(?!.*\bdev\b)/,
      manifest: {
        name: /^(?:next\.config\.\w+|package\.json)$/,
        holds: /next\.?config|"next"\s*:|nextConfig|NextConfig/,
      },
    },
    writes: [
      { path: '.next/cache', kind: 'directory', what: text`cached pages and images`, where: 'folder-there' },
    ],
  },
  {
    // `output: 'standalone'` makes a server of its own, which keeps its cache beside it all the same.
    name: 'Next.js',
    when: {
      command: /\bnode\b.*\bserver\.js\b/,
      manifest: { name: /^next\.config\.\w+$/, holds: /\bstandalone\b/ },
    },
    writes: [
      { path: '.next/cache', kind: 'directory', what: text`cached pages and images`, where: 'folder-there' },
    ],
  },
  {
    name: 'next dev',
    when: { command: /\bnext\b.*\bdev\b/ },
    writes: [{ path: '.next', kind: 'directory', what: text`compiled pages`, temporary: true }],
  },
  {
    name: 'Vite',
    when: { command: /\bvite\b(?!.*\bpreview\b)/ },
    writes: [
      { path: 'node_modules/.vite', kind: 'directory', what: text`prepared dependencies`, temporary: true },
    ],
  },
  {
    // https://angular.dev/cli/cache
    name: 'Angular CLI',
    when: { command: /\bng\b\s+(?:serve|build|test)\b/ },
    writes: [{ path: '.angular', kind: 'directory', what: text`its cache`, temporary: true }],
  },
  {
    // Loaders and plugins of webpack ask find-cache-dir for it, and stop where it cannot be made.
    name: 'webpack',
    when: { command: /\b(?:react-scripts|craco)\b\s+start\b|\bvue-cli-service\b\s+serve\b/ },
    writes: [{ path: 'node_modules/.cache', kind: 'directory', what: text`its cache`, temporary: true }],
  },
  {
    name: 'Nuxt',
    when: { command: /\bnuxi?\b\s+dev\b/ },
    writes: [{ path: '.nuxt', kind: 'directory', what: text`compiled pages`, temporary: true }],
  },
  {
    name: 'Chromium',
    when: { images: /playwright|puppeteer|selenium/, programs: /^chromium|^google-chrome/ },
    accounts: ['pptruser', 'pwuser', 'seluser'],
    home: text`profiles`,
  },
  { name: 'pnpm', when: { programs: /^pnp[mx]$/ }, home: text`its store and the version that corepack gets` },
  {
    name: 'Yarn',
    when: { programs: /^(?:yarn|yarnpkg)$/ },
    home: text`its cache and the version that corepack gets`,
  },
  { name: 'npx', when: { programs: /^(?:npx|bunx)$/ }, home: text`packages that it gets` },
  { name: 'PM2', when: { programs: /^pm2(?:-runtime|-docker)?$/ }, home: text`sockets and logs` },
  { name: 'Ghost', when: { images: /^(?:library\/)?ghost/ }, accounts: ['node'] },
  {
    name: 'Strapi',
    when: { manifest: { name: /^package\.json$/, holds: /"@strapi\/strapi"/ } },
    writes: [
      { path: 'public/uploads', kind: 'directory', what: text`uploads` },
      { path: '.tmp', kind: 'directory', what: text`its database`, temporary: true },
    ],
  },
]
