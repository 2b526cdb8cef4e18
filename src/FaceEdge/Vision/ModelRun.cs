using Microsoft.ML.OnnxRuntime;

namespace FaceEdge.Vision;

/// <summary>
/// One caller's input and output buffers of a model, allocated and bound once, so that a run allocates nothing. Shapes are fixed:
/// varying ones would make ONNX Runtime's arena grow for ever. Used by one thread at a time.
/// </summary>
public sealed class ModelRun : IDisposable
{
    private readonly OnnxModel _model;
    private readonly OrtIoBinding _binding;
    private readonly List<OrtValue> _values = [];

    /// <summary>Buffers for a model whose one input has that name and shape.</summary>
    /// <exception cref="ModelException">The model has no such input.</exception>
    public ModelRun(OnnxModel model, string inputName, params ReadOnlySpan<long> shape)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _binding = model.Session.CreateIoBinding();
        Input = Bind(_binding.BindInput, inputName, shape);
    }

    /// <summary>The input, row-major in the shape given. Fill it, then <see cref="Run"/>.</summary>
    public float[] Input { get; }

    /// <summary>A buffer that receives the named output, row-major; call once for each output before the first run.</summary>
    /// <exception cref="ModelException">The model has no such output.</exception>
    public float[] BindOutput(string name, params ReadOnlySpan<long> shape) => Bind(_binding.BindOutput, name, shape);

    /// <summary>Runs the model from <see cref="Input"/> into the bound outputs.</summary>
    /// <exception cref="ModelException">The model failed, for instance because its shapes are others.</exception>
    public void Run()
    {
        try
        {
            _model.Run(_binding);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelException($"The model {_model.Name} failed: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding.Dispose();
        _values.ForEach(v => v.Dispose());
        _values.Clear();
    }

    private float[] Bind(Action<string, OrtValue> bind, string name, ReadOnlySpan<long> shape)
    {
        long length = 1;
        foreach (var side in shape)
        {
            length = checked(length * side);
        }
        var buffer = GC.AllocateArray<float>(checked((int)length), pinned: true);
        var value = OrtValue.CreateTensorValueFromMemory(buffer, shape.ToArray());
        _values.Add(value);
        try
        {
            bind(name, value);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelException($"The model {_model.Name} has no input or output '{name}': {e.Message}", e);
        }
        return buffer;
    }
}
