import { parseDockerfile } from '../../server/src/dockerfile/index.ts'
import { familiar } from '../../server/src/harden/workload.ts'
import type { BaseName } from '../engine/index.ts'

/** Which of the engine's base images stands for an official one. */
const standIns: readonly (readonly [RegExp, BaseName])[] = [
  [/^debian:/, 'debian-packages'],
  [/^alpine:/, 'alpine'],
  [/^busybox(?::|$)/, 'busybox'],
  [/^python:/, 'python-packages'],
  [/^node:[\d.]+-alpine/, 'node-alpine'],
  [/^node:/, 'node-packages'],
  [/^golang:/, 'golang'],
  [/^rust:/, 'rust'],
  [/^eclipse-temurin:\d+-jre$/, 'java'],
  [/^eclipse-temurin:\d+(?:-jdk)?$/, 'jdk'],
  [/^tomcat:/, 'tomcat'],
  [/^nginx:[\d.]+$/, 'nginx'],
  [/^nginxinc\/nginx-unprivileged:[\d.]+$/, 'nginx-unprivileged'],
  [/^httpd:/, 'apache'],
  [/^composer:/, 'composer'],
  [/^php:[\d.]+-apache$/, 'php-apache'],
  [/^php:[\d.]+-fpm$/, 'php-fpm'],
  [/^php:[\d.]+-cli$/, 'php-cli'],
  [/^ruby:/, 'ruby'],
  [/^redis:/, 'redis'],
  [/^postgres:/, 'postgres'],
  [/^gcr\.io\/distroless\/static-debian12/, 'distroless-static'],
  [/^gcr\.io\/distroless\/base-debian12/, 'distroless-base'],
]

/** The images that a Dockerfile takes from a registry, with what stands for each; undefined for one that has no stand-in. */
export function standInsFor(dockerfile: string): ReadonlyMap<string, BaseName | undefined> {
  const stages = new Set<string>(['scratch'])
  const found = new Map<string, BaseName | undefined>()
  const take = (reference: string | undefined) => {
    if (reference === undefined || stages.has(reference.toLowerCase()) || /^\d+$/.test(reference)) return
    found.set(reference, standIns.find(([official]) => official.test(familiar(reference)))?.[1])
  }
  for (const instruction of parseDockerfile(dockerfile).instructions) {
    if (instruction.keyword === 'FROM') {
      take(instruction.image?.raw)
      if (instruction.stageName) stages.add(instruction.stageName.raw.toLowerCase())
    } else if (instruction.keyword === 'COPY') take(instruction.from?.raw)
  }
  return found
}
