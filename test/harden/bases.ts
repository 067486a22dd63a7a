import { parseDockerfile } from '../../server/src/dockerfile/index.ts'
import { familiar } from '../../server/src/harden/workload.ts'
import type { BaseName } from '../engine/index.ts'

interface StandIn {
  readonly official: RegExp
  readonly base: BaseName
  /** The same with a repository beside it, for files that install something; it takes longer to make. */
  readonly withPackages?: BaseName
}

/** Which of the engine's base images stands for an official one. */
const standIns: readonly StandIn[] = [
  { official: /^debian:/, base: 'debian', withPackages: 'debian-packages' },
  { official: /^alpine:/, base: 'alpine' },
  { official: /^python:/, base: 'python', withPackages: 'python-packages' },
  { official: /^node:[\d.]+-alpine/, base: 'node-alpine' },
  { official: /^node:/, base: 'node', withPackages: 'node-packages' },
  { official: /^oven\/bun:/, base: 'bun' },
  { official: /^golang:/, base: 'golang' },
  { official: /^rust:/, base: 'rust' },
  { official: /^eclipse-temurin:\d+-jre$/, base: 'java' },
  { official: /^eclipse-temurin:\d+(?:-jdk)?$/, base: 'jdk' },
  { official: /^tomcat:/, base: 'tomcat' },
  { official: /^nginx:[\d.]+$/, base: 'nginx' },
  { official: /^nginx:[\d.]+-alpine/, base: 'nginx-alpine' },
  { official: /^nginxinc\/nginx-unprivileged:[\d.]+$/, base: 'nginx-unprivileged' },
  { official: /^httpd:/, base: 'apache' },
  { official: /^composer:/, base: 'composer' },
  { official: /^php:[\d.]+-apache$/, base: 'php-apache' },
  { official: /^php:[\d.]+-fpm$/, base: 'php-fpm' },
  { official: /^php:[\d.]+-cli$/, base: 'php-cli' },
  { official: /^ruby:/, base: 'ruby', withPackages: 'ruby-packages' },
  { official: /^redis:/, base: 'redis' },
  { official: /^postgres:/, base: 'postgres' },
  { official: /^gcr\.io\/distroless\/static-debian12/, base: 'distroless-static' },
  { official: /^gcr\.io\/distroless\/base-debian12/, base: 'distroless-base' },
]
const installsPackages = /\b(?:apt-get|pip|npm|yarn|pnpm|bundle)\b/

/** The images that a Dockerfile takes from a registry, with what stands for each; undefined for one that has no stand-in. */
export function standInsFor(dockerfile: string): ReadonlyMap<string, BaseName | undefined> {
  const stages = new Set<string>(['scratch'])
  const found = new Map<string, BaseName | undefined>()
  const take = (reference: string | undefined) => {
    if (reference === undefined || stages.has(reference.toLowerCase()) || /^\d+$/.test(reference)) return
    const standIn = standIns.find(({ official }) => official.test(familiar(reference)))
    found.set(
      reference,
      installsPackages.test(dockerfile) ? (standIn?.withPackages ?? standIn?.base) : standIn?.base,
    )
  }
  for (const instruction of parseDockerfile(dockerfile).instructions) {
    if (instruction.keyword === 'FROM') {
      take(instruction.image?.raw)
      if (instruction.stageName) stages.add(instruction.stageName.raw.toLowerCase())
    } else if (instruction.keyword === 'COPY') take(instruction.from?.raw)
  }
  return found
}
