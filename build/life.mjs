// A process that can be replaced by its like. It has ended only when nothing replaces it.

/** Milliseconds that a process has to end by itself. Streams go on for minutes; what was acknowledged is stored already. */
const GRACE = 2000

/** `begin()` spawns the process. `child` is the present one, `said` its last words, `ended` resolves with `{code, signal}`. */
export class Life {
  said = ''
  #exit
  #stopping = false
  #replacing = false

  constructor(begin, quiet) {
    this.begin = begin
    this.quiet = quiet
    this.ended = new Promise((resolve) => (this.end = resolve))
    this.#born()
  }

  #born() {
    this.child = this.begin()
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (data) => {
        this.said = (this.said + data).slice(-20_000)
        if (!this.quiet) process.stderr.write(data)
      })
    }
    this.#exit = new Promise((resolve) => {
      this.child.on('exit', (code, signal) => resolve({ code, signal }))
      // Then it has never begun.
      this.child.on('error', ({ message }) => {
        this.said += message
        resolve({ code: message })
      })
    })
    this.#exit.then((how) => this.#replacing || this.end(how))
  }

  stop(signal) {
    this.#stopping = true
    this.child.kill(signal)
    const timer = setTimeout(() => this.child.kill('SIGKILL'), GRACE)
    return this.ended.finally(() => clearTimeout(timer))
  }

  /** Tells whether there is a new process: one that is being stopped meanwhile gets none. */
  async again(signal) {
    this.#replacing = true
    this.child.kill(signal)
    const how = await this.#exit
    this.#replacing = false
    if (this.#stopping) this.end(how)
    else this.#born()
    return !this.#stopping
  }
}
