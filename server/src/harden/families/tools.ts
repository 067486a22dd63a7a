import { text } from '../../l10n/index.ts'
import type { Family } from './types.ts'

/** Compilers, package managers and other tools that a container may start: what they write at run time. */
export const tools: readonly Family[] = [
  { name: 'Go', when: { programs: /^(?:go|air|reflex)$/ }, home: text`its caches` },
  {
    name: 'Cargo',
    when: { programs: /^cargo$/ },
    writes: [{ path: 'target', kind: 'directory', what: text`compiled code`, temporary: true }],
  },
  {
    name: 'dotnet',
    when: { command: /\bdotnet\b\s+(?:run|watch|test|build)\b/ },
    home: text`its caches`,
    writes: [
      { path: 'obj', kind: 'directory', what: text`intermediate files`, temporary: true },
      { path: 'bin', kind: 'directory', what: text`compiled code`, temporary: true },
    ],
  },
  {
    name: 'Poetry',
    when: { programs: /^(?:poetry|pipenv|pdm|hatch)$/ },
    home: text`its caches and settings`,
  },
  { name: 'uv', when: { programs: /^(?:uv|uvx)$/ }, home: text`its cache` },
  { name: 'Composer', when: { programs: /^composer$/ }, home: text`its cache` },
  { name: 'Ansible', when: { programs: /^ansible(?:-\w+)?$/ }, home: text`temporary files and known hosts` },
  { name: 'Terraform', when: { programs: /^(?:terraform|tofu|terragrunt)$/ }, home: text`plugins` },
  { name: 'Mix', when: { programs: /^(?:mix|iex)$/ }, home: text`Hex and Rebar` },
  { name: 'Stack', when: { programs: /^(?:stack|cabal|ghci)$/ }, home: text`packages` },
  {
    name: 'Desktop programs',
    when: { programs: /^(?:firefox|chromium|libreoffice|soffice|Xvfb|x11vnc|gimp|inkscape)$/ },
    home: text`profiles`,
  },
  {
    name: 'Docker Registry',
    when: { images: /^(?:library\/)?registry(?::|@|$)/ },
    writes: [{ path: '/var/lib/registry', kind: 'directory', what: text`its data` }],
  },
  { name: 'Envoy', when: { programs: /^envoy$/ }, accounts: ['envoy'] },
  {
    name: 'Git',
    when: { programs: /^(?:ssh|git|gpg|gh)$/ },
    home: text`settings and keys`,
  },
  {
    name: 'Helm',
    when: { programs: /^(?:helm|kubectl|k9s|aws|gcloud|az)$/ },
    home: text`settings and caches`,
  },
]
