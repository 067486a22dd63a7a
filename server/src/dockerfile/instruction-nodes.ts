import type { Instruction, Keyword } from './types.ts'

/** Reads an instruction again from the file, given the line that it begins in (from 0). */
export type ReadAgain = (line: number) => Instruction

const readAgain = Symbol('readAgain')
const fields = Symbol('fields')

/**
 * An instruction of a file that was read. A file of many short lines would take thirty times its size if all fields of
 * all instructions were held, so each holds the line that it begins in; the rest is read again when
 * somebody asks for it, and stays.
 */
class Node {
  readonly [readAgain]: ReadAgain;
  [fields]: number | Instruction

  constructor(read: ReadAgain, line: number) {
    this[readAgain] = read
    this[fields] = line
  }
}

export function createNode(keyword: Keyword, read: ReadAgain, line: number): Instruction {
  return new kinds[keyword](read, line) as Node & Instruction
}

/** Spares reading it again, until `forget`. */
export function hold(node: Instruction, read: Instruction): void {
  ;(node as unknown as Node)[fields] = read
}

export function forget(node: Instruction): void {
  ;(node as unknown as Node)[fields] = node.startLine - 1
}

function fieldsOf(node: Node): Instruction {
  const known = node[fields]
  if (typeof known !== 'number') return known
  const read = node[readAgain](known)
  node[fields] = read
  return read
}

type Of<K extends Keyword, I = Instruction> = I extends { readonly keyword: infer W }
  ? K extends W
    ? I
    : never
  : never
type Names<I> = Readonly<Record<Exclude<keyof I, 'keyword'>, true>>

const all: Names<Of<'UNKNOWN'>> = {
  range: true,
  keywordRange: true,
  argumentsRange: true,
  startLine: true,
  endLine: true,
  written: true,
  flags: true,
  heredocs: true,
  leadingComments: true,
  argumentsText: true,
}
const copy: Names<Of<'COPY'>> = {
  ...all,
  sources: true,
  destination: true,
  from: true,
  chown: true,
  chmod: true,
  link: true,
  parents: true,
  exclude: true,
}
const command: Names<Of<'CMD'>> = { ...all, command: true }
const pairs: Names<Of<'ENV'>> = { ...all, pairs: true }
const words: Names<Of<'EXPOSE'>> = { ...all, form: true, words: true }
const value: Names<Of<'STOPSIGNAL'>> = { ...all, value: true }

/** The fields of every instruction; the types see to it that none is forgotten. */
const names: { readonly [K in Keyword]: Names<Of<K>> } = {
  ADD: copy,
  ARG: pairs,
  CMD: command,
  COPY: copy,
  ENTRYPOINT: command,
  ENV: pairs,
  EXPOSE: words,
  FROM: { ...all, image: true, platform: true, stageName: true },
  HEALTHCHECK: { ...all, test: true },
  LABEL: pairs,
  MAINTAINER: value,
  ONBUILD: { ...all, instruction: true },
  RUN: { ...all, command: true, mounts: true },
  SHELL: words,
  STOPSIGNAL: value,
  UNKNOWN: all,
  USER: { ...all, user: true },
  VOLUME: words,
  WORKDIR: { ...all, path: true },
}

const kinds = Object.fromEntries(
  Object.entries(names).map(([keyword, own]) => [keyword, defineKind(keyword as Keyword, Object.keys(own))]),
) as Record<Keyword, typeof Node>

function defineKind(keyword: Keyword, own: readonly string[]): typeof Node {
  class InstructionNode extends Node {}
  Object.defineProperty(InstructionNode.prototype, 'keyword', { value: keyword, enumerable: true })
  for (const name of own) {
    Object.defineProperty(InstructionNode.prototype, name, {
      get(this: Node) {
        return fieldsOf(this)[name as keyof Instruction]
      },
      enumerable: true,
    })
  }
  return InstructionNode
}
