using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace FaceEdge.SystemTests.Support;

/// <summary>How to start a daemon; everything has a default.</summary>
internal sealed record DaemonStart
{
    /// <summary>Null: a temporary folder, deleted with the daemon.</summary>
    public string? DataDirectory { get; init; }

    public string Urls { get; init; } = "http://127.0.0.1:0";

    /// <summary>Further arguments, e.g. <c>--Limits:UploadTimeoutSeconds 2</c>.</summary>
    public string[] Settings { get; init; } = [];

    public Dictionary<string, string> Environment { get; init; } = [];

    /// <summary>A command that ends in executing its last arguments, e.g. <c>unshare -m</c>.</summary>
    public string[] Wrapper { get; init; } = [];

    public string Binary { get; init; } = Product.Binary;

    public string WorkingDirectory { get; init; } = "/";
}

/// <summary>What the administrator and systemd send; the numbers are Linux's.</summary>
internal enum Signals
{
    HangUp = 1,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

/// <summary>What became of a daemon that did not stay.</summary>
internal sealed record DaemonEnd(int ExitCode, string Output, string Error)
{
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>
/// The real daemon as a child process on a free port of 127.0.0.1. Ended by its id alone: with <see cref="KillHard"/>,
/// <see cref="StopAsync"/>, or at the latest when disposed of.
/// </summary>
internal sealed partial class DaemonProcess : IAsyncDisposable
{
    private static readonly TimeSpan Longest = Patience.Seconds(30);

    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly TempFolder? _ownFolder;
    private readonly TaskCompletionSource _errorEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DaemonProcess(Process process, string dataDirectory, TempFolder? ownFolder)
    {
        (_process, DataDirectory, _ownFolder) = (process, dataDirectory, ownFolder);
        _process.ErrorDataReceived += (_, line) => HearError(line.Data);
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Url { get; private set; } = "";

    public int Port => new Uri(Url).Port;

    public string DataDirectory { get; }

    public ImageDb Database => new(DataDirectory);

    public bool IsAlive => !_process.HasExited;

    /// <summary>A client of its own, so that no test waits for another's connections.</summary>
    public FaceClient Client { get; private set; } = null!;

    public string ErrorText
    {
        get
        {
            lock (_error)
            {
                return _error.ToString();
            }
        }
    }

    /// <summary>Resident memory in MiB.</summary>
    public double ResidentMiB
    {
        get
        {
            string line = File.ReadLines($"/proc/{Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
    }

    /// <summary>Starts it and waits until it says that it answers.</summary>
    public static Task<DaemonProcess> StartAsync(params string[] settings) => StartAsync(new DaemonStart { Settings = settings });

    /// <summary>Starts it and waits until it says that it answers.</summary>
    public static async Task<DaemonProcess> StartAsync(DaemonStart start)
    {
        TempFolder? own = start.DataDirectory is null ? new TempFolder() : null;
        string data = start.DataDirectory ?? own!.Path;
        string[] arguments = ["serve", "--Urls", start.Urls, "--DataDirectory", data, .. start.Settings];
        var daemon = new DaemonProcess(Launch(start, arguments), data, own);
        try
        {
            await daemon.WaitUntilReadyAsync();
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the binary with just these arguments until it ends by itself.</summary>
    public static Task<DaemonEnd> RunToEndAsync(params string[] arguments) => RunToEndAsync(new DaemonStart(), arguments);

    /// <summary>Runs the binary with just these arguments until it ends by itself.</summary>
    public static async Task<DaemonEnd> RunToEndAsync(DaemonStart start, params string[] arguments)
    {
        await using var daemon = new DaemonProcess(Launch(start, arguments), "", null);
        Task<string> output = daemon._process.StandardOutput.ReadToEndAsync();
        await daemon.WaitForEndAsync($"It was to refuse to run with {string.Join(' ', arguments)}");
        return new DaemonEnd(daemon._process.ExitCode, await output, daemon.ErrorText);
    }

    /// <summary>SIGKILL, as a power cut would; returns when it is gone.</summary>
    public void KillHard()
    {
        _process.Kill();
        Assert.True(_process.WaitForExit(Longest), "A killed process did not end.");
    }

    /// <summary>Sends a signal without waiting for what it does.</summary>
    public void Signal(Signals signal = Signals.Terminate) => Signal(Id, signal);

    /// <summary>The same for any process of a test.</summary>
    public static void Signal(int process, Signals signal) => Assert.Equal(0, SendSignal(process, (int)signal));

    /// <summary>SIGTERM, then the exit code.</summary>
    public async Task<int> StopAsync()
    {
        Signal();
        return await WaitForEndAsync("SIGTERM was sent");
    }

    /// <summary>The exit code, once it ends.</summary>
    public async Task<int> WaitForEndAsync(string why)
    {
        using var patience = new CancellationTokenSource(Longest);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
            await _errorEnded.Task.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{why}, but the process still runs after {Longest.TotalSeconds} s. It said: {ErrorText}");
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(new CancellationTokenSource(Longest).Token);
        }

        _process.Dispose();
        _ownFolder?.Dispose();
    }

    private static Process Launch(DaemonStart start, string[] arguments)
    {
        string[] command = [.. start.Wrapper, start.Binary, .. arguments];
        var info = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = start.WorkingDirectory,
        };
        foreach (string name in info.Environment.Keys.Where(IsOfTheDaemon).ToArray())
        {
            info.Environment.Remove(name);
        }

        foreach ((string name, string value) in start.Environment)
        {
            info.Environment[name] = value;
        }

        return Process.Start(info)!;
    }

    private static bool IsOfTheDaemon(string name) =>
        name.StartsWith("FACEEDGE__", StringComparison.OrdinalIgnoreCase) || name is "STATE_DIRECTORY" or "NOTIFY_SOCKET";

    private async Task WaitUntilReadyAsync()
    {
        using var patience = new CancellationTokenSource(Longest);
        while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("ready http://", StringComparison.Ordinal))
            {
                Url = line["ready ".Length..].TrimEnd('/');
                Client = new FaceClient(Url);
                _ = _process.StandardOutput.ReadToEndAsync(); // Nothing more is expected, but a full pipe would stop it.
                return;
            }
        }

        await WaitForEndAsync("It closed its output");
        throw new InvalidOperationException($"The daemon ended with {_process.ExitCode} instead of answering: {ErrorText}");
    }

    private void HearError(string? line)
    {
        if (line is null)
        {
            _errorEnded.TrySetResult();
            return;
        }

        lock (_error)
        {
            _error.Append(line).Append('\n');
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
