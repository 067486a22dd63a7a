import type { Family } from './types.ts'

/** Compilers, package managers and other tools that a container may start: what they write at run time. */
export const tools: readonly Family[] = [
  { name: 'Go', when: { programs: /^(?:go|air|reflex)$/ }, home: 'its caches' },
  {
    name: 'Cargo',
    when: { programs: /^cargo$/ },
    writes: [{ path: 'target', kind: 'directory', what: 'compiled code', temporary: true }],
  },
  {
    name: 'dotnet',
    when: { command: /\bdotnet\b\s+(?:run|watch|test|build)\b/ },
    home: 'its caches',
    writes: [
      { path: 'obj', kind: 'directory', what: 'intermediate files', temporary: true },
      { path: 'bin', kind: 'directory', what: 'compiled code', temporary: true },
    ],
  },
  { name: 'Poetry', when: { programs: /^(?:poetry|pipenv|pdm|hatch)$/ }, home: 'its caches and settings' },
  { name: 'uv', when: { programs: /^(?:uv|uvx)$/ }, home: 'its cache' },
  { name: 'Composer', when: { programs: /^composer$/ }, home: 'its cache' },
  { name: 'Ansible', when: { programs: /^ansible(?:-\w+)?$/ }, home: 'temporary files and known hosts' },
  { name: 'Terraform', when: { programs: /^(?:terraform|tofu|terragrunt)$/ }, home: 'plugins' },
  { name: 'Mix', when: { programs: /^(?:mix|iex)$/ }, home: 'Hex and Rebar' },
  { name: 'Stack', when: { programs: /^(?:stack|cabal|ghci)$/ }, home: 'packages' },
  {
    name: 'Desktop programs',
    when: { programs: /^(?:firefox|chromium|libreoffice|soffice|Xvfb|x11vnc|gimp|inkscape)$/ },
    home: 'profiles',
  },
  {
    name: 'Docker Registry',
    when: { images: /^(?:library\/)?registry(?::|@|$)/ },
    writes: [{ path: '/var/lib/registry', kind: 'directory', what: 'its data' }],
  },
  { name: 'Envoy', when: { programs: /^envoy$/ }, accounts: ['envoy'] },
  {
    name: 'Git',
    when: { programs: /^(?:ssh|git|gpg|gh)$/ },
    home: 'settings and keys',
  },
  { name: 'Helm', when: { programs: /^(?:helm|kubectl|k9s|aws|gcloud|az)$/ }, home: 'settings and caches' },
]
