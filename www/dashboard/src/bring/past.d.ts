// What the command line and the dashboard read past experiments with (www/cli/inside/past.mjs).
declare module '*/past.mjs' {
  export interface Wrong { place: string; cause: string; fix: string }
  export interface Row { cells: Record<string, string>; place(column?: string): string }
  export interface Source { columns: string[]; rows: Row[]; problems: Wrong[] }
  export type Mapping = Record<string, string>
  export interface Read { record: Record<string, string>; place(field?: string): string }
  export const FIELDS: { name: string; label: string }[]
  export function sourceOf(files: { name: string; text: string }[]): Source
  export function guessed(columns: string[]): Mapping
  export function recordsOf(source: Source, mapping: Mapping): { records: Read[]; problems: Wrong[] }
  export function batches(records: Read[]): Read[][]
  export function placed(batch: Read[], problem: { pointer: string; cause: string; fix: string }): Wrong
}
