var builder = WebApplication.CreateSlimBuilder(args);
var app = builder.Build();
app.MapGet("/home", () => "x");
Console.WriteLine(Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetVersionString());
SQLitePCL.Batteries_V2.Init();
app.Run();
