/** Common passwords of eight or more characters, which are guessed first. Lower case. */
export const commonPasswords: ReadonlySet<string> = new Set(
  `00000000 11111111 12121212 123123123 1234567890 123456789 12345678 1234qwer 147258369 1q2w3e4r 1q2w3e4r5t
  1qaz2wsx 22222222 5201314520 66666666 666666666 7758521521 87654321 88888888 888888888 987654321 99999999
  a1234567 a12345678 a123456789 aa123456 aa12345678 abc12345 abc123456 abcd1234 access14 admin123 admin1234
  admin12345 admin123456 administrator asdfasdf asdfghjk asdfghjkl baseball changeme computer corvette football
  iloveyou iloveyou1 letmein1 letmein123 liverpool michelle mustang1 operator operator1 operator123 p@ssw0rd
  p@ssword passw0rd password password! password1 password12 password123 password1234 princess q1w2e3r4 qazwsxedc
  qq123456 qwer1234 qwerasdf qwerty12 qwerty123 qwertyui qwertyuiop root1234 starwars sunshine superman test1234
  trustno1 victoria wechat123 weixin123 welcome1 welcome123 whatever woaini1314 woaini520 zaq12wsx zxcvbnm1
  zxcvbnm123`.split(/\s+/),
);
