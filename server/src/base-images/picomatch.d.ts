// picomatch 4 brings no types. The POSIX entry does not ask which system it runs on.
declare module 'picomatch/posix.js' {
  function picomatch(glob: string, options?: { dot?: boolean }): (text: string) => boolean
  export = picomatch
}
