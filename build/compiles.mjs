// Says what a command does that is quiet until it has something to tell. What is told on stdout stays what was asked for.

console.error('Compiles what has changed, which takes a minute or two the first time …')
