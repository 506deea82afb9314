// Numbers of things in words.

/** 1 flag, 2 flags. `say` writes the number. */
export const counted = (number, noun, say = String) => `${say(number)} ${noun}${number === 1 ? '' : 's'}`
