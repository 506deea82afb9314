// The bindings that the build makes of the statistics' wasm (www/tools/stats).
declare module '*/stats.js' {
  export function ask(question: string): string
  export default function open(options: { module_or_path: ArrayBuffer }): Promise<unknown>
}
declare module '*.wasm?url' {
  const address: string
  export default address
}
