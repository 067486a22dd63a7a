/** BuildKit: util/system/path.go. The PATH of an image whose config names none. */
export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
