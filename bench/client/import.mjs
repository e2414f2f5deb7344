/** Loads one ES module and ends; without an argument only what every ES module costs. */
const [module] = process.argv.slice(2)
if (module) await import(module)
