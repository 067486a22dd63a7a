/** The system's own folders of programs and libraries (FHS 3.0, chapters 3 and 4). Data and settings are elsewhere. */
export const programFolders: readonly string[] =
  '/bin /sbin /usr/bin /usr/sbin /usr/local/bin /usr/local/sbin'.split(' ')
export const libraryFolders: readonly string[] =
  '/lib /lib64 /usr/lib /usr/lib64 /usr/libexec /usr/local/lib /usr/local/libexec'.split(' ')
