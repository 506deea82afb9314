// The shell's one clock. Nothing else in the Worker asks for the time.

export const now = () => Date.now()
