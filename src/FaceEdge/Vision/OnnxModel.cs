using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace FaceEdge.Vision;

/// <summary>
/// A loaded model: an ONNX Runtime session with the settings all our models share. Thread-safe; each thread runs it through
/// its own <see cref="ModelRun"/>.
/// </summary>
public sealed class OnnxModel : IDisposable
{
    /// <summary>Models are loaded side by side, but what the runtime prints is one setting for all.</summary>
    private static readonly Lock Printing = new();

    private readonly RunOptions _runOptions = new();

    private OnnxModel(string name, InferenceSession session)
    {
        Name = name;
        Session = session;
    }

    /// <summary>The model's name in the manifest, for messages.</summary>
    public string Name { get; }

    /// <summary>The session; <see cref="ModelRun"/> binds its buffers to it.</summary>
    internal InferenceSession Session { get; }

    /// <summary>Makes a session of the verified bytes of a model.</summary>
    /// <param name="name">The model's name, for messages.</param>
    /// <param name="bytes">The ONNX file.</param>
    /// <param name="threads">Threads of one inference, at least 1.</param>
    /// <param name="provider">What it runs on.</param>
    /// <exception cref="ModelException">ONNX Runtime is missing, does not offer the provider, or does not accept the model.</exception>
    public static OnnxModel Load(string name, byte[] bytes, int threads, ExecutionProvider provider = ExecutionProvider.Cpu)
    {
        OnnxLibrary.Check();
        try
        {
            using var options = new SessionOptions
            {
                IntraOpNumThreads = threads,
                InterOpNumThreads = 1,
                ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
                // Without it 7 MB less are held, and 5 MB less for each further thread, at the same speed; the arena itself pays.
                EnableMemoryPattern = false,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            };
            Append(options, provider);
            // Spinning threads steal the core from the next request.
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            return new OnnxModel(name, new InferenceSession(bytes, options));
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelException($"ONNX Runtime does not accept the model {name}: {e.Message}", e);
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new ModelException($"{OnnxLibrary.FileName} in {AppContext.BaseDirectory} cannot be used: {(e.InnerException ?? e).Message}", e);
        }
    }

    private static void Append(SessionOptions options, ExecutionProvider provider)
    {
        const int firstGpu = 0;
        if (provider is ExecutionProvider.Cpu)
        {
            return;
        }
        using var alone = Printing.EnterScope();
        // It lists what it was compiled for, whether or not the provider's own library is there; only the attempt tells. What it would
        // print meanwhile is in the exception.
        var runtime = OrtEnv.Instance();
        var level = runtime.EnvLogLevel;
        runtime.EnvLogLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        try
        {
            if (provider is ExecutionProvider.Cuda)
            {
                options.AppendExecutionProvider_CUDA(firstGpu);
            }
            else
            {
                options.AppendExecutionProvider_Tensorrt(firstGpu);
            }
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException) // A build without it may not even export the call.
        {
            throw new ModelException(
                $"Vision:Provider is {provider}, which the installed ONNX Runtime does not offer ({e.Message.ReplaceLineEndings(" ")}). Set it to cpu, or "
                + $"put an ONNX Runtime with it and its libonnxruntime_providers_*.so into {AppContext.BaseDirectory}.", e);
        }
        finally
        {
            runtime.EnvLogLevel = level;
        }
    }

    /// <summary>Runs the model once on buffers bound to this session.</summary>
    internal void Run(OrtIoBinding binding) => Session.RunWithBinding(_runOptions, binding);

    /// <inheritdoc/>
    public void Dispose()
    {
        _runOptions.Dispose();
        Session.Dispose();
    }
}
