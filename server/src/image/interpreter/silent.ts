/** Programs that print nothing on standard output unless they are asked to (`-v`), whether they work or not. */
const silent: ReadonlySet<string> = new Set(
  [
    'mkdir rmdir touch rm unlink ln cp mv install chmod chown chgrp truncate mknod mkfifo setcap setfacl sync',
    'useradd usermod userdel groupadd groupmod groupdel chpasswd newusers',
    'true false test [ sleep cd set unset export ldconfig kill',
  ]
    .join(' ')
    .split(' '),
)

export function isSilent(name: string, args: readonly { readonly text: string | undefined }[]): boolean {
  return (
    silent.has(name) &&
    !args.some(({ text }) => text === undefined || /^(-[a-zA-Z]*v|--verbose|--version|--help|-D)/.test(text))
  )
}
