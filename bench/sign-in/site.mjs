// What every contender is told about itself.

export const publicUrl = "https://login.example.com";
export const app = { appId: "wx7c3e5b9d1f2a4c68", appSecret: "b7d1f0c94e2a46d8935b1c7e08f4a2d6" };
export const secretKey = "f3a9c1d27b5e48609d8e2f7a1c4b6d3095e8a7f2c1d4b6e8";

/** A sign-in begins and ends at this path of the site. */
export const returnTo = "/orders";
