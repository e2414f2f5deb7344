// What `doorstep run` gives its child, for programs that a test starts while this one lives.
console.log(JSON.stringify(process.env))
setInterval(() => {}, 2 ** 30)
