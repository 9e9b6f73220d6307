// A code of WeChat's below 10000 goes into below-10000.ts; any other, in numerical order, into the from-N.ts with the
// highest N that is not above the code: 40163 into from-40100.ts, because the next file begins at 41000. This library's
// codes go into own.ts.

import { errcodesBelow10000 } from "./below-10000.js";
import type { ErrcodeExplanation } from "./explanation.js";
import { errcodesFrom10000 } from "./from-10000.js";
import { errcodesFrom40000 } from "./from-40000.js";
import { errcodesFrom40100 } from "./from-40100.js";
import { errcodesFrom41000 } from "./from-41000.js";
import { errcodesFrom43000 } from "./from-43000.js";
import { errcodesFrom48000 } from "./from-48000.js";
import { errcodesFrom60000 } from "./from-60000.js";
import { errcodesFrom80000 } from "./from-80000.js";
import { ownErrcodes } from "./own.js";

/** WeChat's codes by number, including those of its authorize page, then this library's. 0 is success and not listed. */
export const errcodes: readonly ErrcodeExplanation[] = [
  ...errcodesBelow10000,
  ...errcodesFrom10000,
  ...errcodesFrom40000,
  ...errcodesFrom40100,
  ...errcodesFrom41000,
  ...errcodesFrom43000,
  ...errcodesFrom48000,
  ...errcodesFrom60000,
  ...errcodesFrom80000,
  ...ownErrcodes,
];
